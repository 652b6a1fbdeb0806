"""The company's own papers about money: receipts and credit notes, numbered without gaps, frozen on the day of issue."""
