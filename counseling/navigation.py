from kernel.navigation import declare

declare()
