"""All SQL of customers: one row per e-mail address, met again at every checkout and never overwritten by one."""

# Part of the one statement that writes a held order: $1 a new id, $2 the address, $3 to $5 names and phone. Gives the customer's id. The
# contact typed in belongs to the booking; of a known customer nothing changes but that they were seen.
MEET = """
    insert into customers (id, email, first_name, last_name, phone) values ($1, $2, $3, $4, $5)
    on conflict (email) do update set updated_at = (select exodrive_private.now()) returning id"""
