from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


class NetworkConfig(AppConfig):
    name = "network"


@register(deploy=True)
def second_factor_is_required(**_kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR != "off":
        return []
    hint = "Take SECOND_FACTOR=off away; it is for a look at the demonstration alone."
    message = "Whoever can see other people's data signs in by a password alone."
    return [Warning(message, hint=hint, id="network.W001")]
