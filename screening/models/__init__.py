from screening.models.scales import Scale

__all__ = ["Scale"]
