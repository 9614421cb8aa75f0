from django.urls import path

from screening.views import scales

app_name = "screening"
urlpatterns = [
    path("scales/", scales.scale_list, name="scale-list"),
    path("scales/<int:pk>/", scales.scale_detail, name="scale-detail"),
    path("scales/<int:pk>/wording/", scales.scale_wording, name="scale-wording"),
    path("scales/<int:pk>/workbook/", scales.scale_workbook, name="scale-workbook"),
    path("scales/<int:pk>/export/", scales.scale_export, name="scale-export"),
    path("scales/<int:pk>/publish/", scales.scale_publish, name="scale-publish"),
    path("scales/<int:pk>/discard/", scales.scale_discard, name="scale-discard"),
]
