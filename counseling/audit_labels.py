from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {}

declare(actions=ACTIONS)
