"""Scales as FHIR Questionnaires, in R5 and R4B. Pure: plain dictionaries, as JSON holds them."""
