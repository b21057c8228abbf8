"""A district or state office: bundles of many centers, verified and put together."""
