from rest_framework.routers import SimpleRouter

from network.api import DutyViewSet, UnitViewSet

router = SimpleRouter()
router.register("units", UnitViewSet, basename="unit")
router.register("duties", DutyViewSet, basename="duty")

app_name = "api"
urlpatterns = router.urls
