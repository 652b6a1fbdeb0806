"""The logins of the product: which name each program's part has in the database."""

LOGINS = {
    "web": "exodrive_web_login",
    "checkout": "exodrive_checkout_login",
    "staff": "exodrive_staff_login",
    "worker": "exodrive_worker_login",
    "owner": "exodrive_owner",
}
