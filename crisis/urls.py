from django.urls import path

from crisis import views

app_name = "crisis"
urlpatterns = [
    path("", views.alarm_list, name="alarm-list"),
    path("students/<uuid:pk>/", views.student_alarms, name="student-alarms"),
    path("<uuid:pk>/", views.alarm_detail, name="alarm-detail"),
    path("<uuid:pk>/acknowledge/", views.alarm_acknowledge, name="alarm-acknowledge"),
]
