"""Who is a member, and how an organization becomes one and stops being one."""
