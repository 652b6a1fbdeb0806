"""Running Exodrive: the embedded servers, the demo, migrations, roles and other commands of the operator."""
