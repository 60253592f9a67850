"""How reliably organizations answer what they are asked, of late."""
