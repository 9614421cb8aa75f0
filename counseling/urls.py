from django.urls import path

from counseling.views.desk import calendar, duty, feeds, sessions
from counseling.views.mine import about

app_name = "counseling"
urlpatterns = [
    path("me/appointments/about/", about.about, name="about"),
    path("counseling/week/", calendar.desk_week, name="desk-week"),
    path("counseling/today/", calendar.desk_today, name="desk-today"),
    path("counseling/sessions/<uuid:pk>/", sessions.session_detail, name="session-detail"),
    path("counseling/duty/", duty.duty_desk, name="duty-desk"),
    path("counseling/duty/call/", duty.call_register, name="call-register"),
    path("counseling/screen/", duty.desk_screen, name="desk-screen"),
    path("counseling/feed/", feeds.feed_page, name="feed-page"),
    path("counseling/feed/make/", feeds.feed_make, name="feed-make"),
    path("counseling/feed/revoke/", feeds.feed_revoke, name="feed-revoke"),
    path("feeds/<str:key>.ics", feeds.feed_read, name="feed-read"),
]
