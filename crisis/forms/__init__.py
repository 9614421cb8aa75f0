from crisis.forms.alarms import AcknowledgeForm

__all__ = ["AcknowledgeForm"]
