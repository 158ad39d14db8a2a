"""Medicare's payment rules, vectorised over the line and claim subjects."""
