"""What a candidate may take, has earned and owes."""
