"""Rules of the Northwind Health Plan, a payer invented for this example."""
