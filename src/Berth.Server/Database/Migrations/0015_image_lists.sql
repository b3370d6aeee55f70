-- For lists of a repository's tags by size, and of a project's images by their last push.
create index tags_by_size on tags (repository_id, total_size, name);
create index repositories_by_published on repositories (project_id, coalesce(last_published_at, 0), id);
