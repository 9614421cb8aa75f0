from django.urls import path

from crisis.views import alarms

app_name = "crisis"
urlpatterns = [
    path("alarms/", alarms.alarm_list, name="alarm-list"),
    path("alarms/<uuid:pk>/", alarms.alarm_detail, name="alarm-detail"),
    path("alarms/<uuid:pk>/acknowledge/", alarms.alarm_acknowledge, name="alarm-acknowledge"),
]
