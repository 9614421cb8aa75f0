"""Pages of the API."""

from rest_framework.pagination import LimitOffsetPagination


class BoundedPagination(LimitOffsetPagination):
    """`?limit=` has an upper bound; without one a database is asked for numbers that it does not know."""

    max_limit = 500
