-- For lists of a repository's tags by size.
create index tags_by_size on tags (repository_id, total_size, name);
