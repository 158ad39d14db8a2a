"""Remittances: what payers said of claims, which denials a rule explains, what was paid too little."""
