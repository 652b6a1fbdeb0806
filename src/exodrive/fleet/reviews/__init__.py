"""What renters say about cars: left once a rental is over, read by staff before anybody else."""
