"""Instruments and results as FHIR resources, in R5 and R4B. Pure: plain dictionaries, as JSON holds them."""
