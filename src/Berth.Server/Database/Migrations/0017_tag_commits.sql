-- commit_sha: of the pipeline whose job pushed the tag. On the tag, so that a search by commit is a range of an index, however many
-- pipelines and jobs a commit has and however many of them pushed nothing.
alter table tags add column commit_sha $text$;
update tags set commit_sha = (select p.sha from jobs j join pipelines p on p.id = j.pipeline_id where j.id = tags.job_id) where job_id is not null;
create index tags_by_commit on tags (commit_sha, repository_id, name) where commit_sha is not null;
create index tags_in_repository_by_commit on tags (repository_id, commit_sha, name) where commit_sha is not null;
-- Nothing else was found by these.
drop index tags_by_job;
drop index pipelines_by_sha;
drop index pipelines_of_project_by_sha;
