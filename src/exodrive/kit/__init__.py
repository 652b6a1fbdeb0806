"""The workbench below the trade: database scopes, clock, money, days, locks, jobs. It knows no car."""
