"""What HSDS hangs on organizations, services and locations: phones, addresses, schedules and the like."""
