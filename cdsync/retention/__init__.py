"""What is thrown away once it is old enough (`kinds`), and how, in small portions (`tidying`)."""
