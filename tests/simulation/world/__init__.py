"""Exam days with everything around them simulated: machines, disks, clocks, proctors."""
