"""The community's denial reports: had this code denied? Counts of many practices, never a report of one."""
