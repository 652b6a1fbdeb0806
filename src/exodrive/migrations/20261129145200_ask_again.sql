-- Staff who ask for a deposit once more say with it what the letter about a hold that came to nothing would have said.
create policy admin_tells on public.deposit_holds for update to exodrive_admin using (status <> 'asked');
grant update (told_at) on public.deposit_holds to exodrive_admin;
