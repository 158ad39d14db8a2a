"""The cleaning of published rates: every rate gets flags with reasons, none is deleted or changed."""
