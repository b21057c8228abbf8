"""The proctor's instrument for Certified Production Technician assessments."""

__version__ = "0.1.0"
