-- For the list of all groups by path: those at the top, beneath which the others are found.
create index namespaces_at_top on namespaces (visibility, lower(path)) where kind = 2 and parent_id is null and deleted_at is null;
