"""Receipts for feed readers and programs."""
