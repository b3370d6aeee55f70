-- The branch that HEAD of the project's git repository names; null until the first push of a branch.
alter table projects add column default_branch $text$;

-- Moves of refs by pushes. Written down before git moves the ref and confirmed after, so that a crash between loses no pipeline.
-- state: 1 intended, 2 done and not yet worked on, 3 void (git refused it, or it never came to it), 4 done and worked on.
-- old_object, new_object: object ids in hex, all zeros where the ref is not there. push_options: one a line.
-- credential: kind and id, as 'pat:12'.
create table git_ref_moves (
    id $id$,
    project_id bigint not null references projects (id),
    user_id bigint references users (id),
    credential $text$ not null,
    ref $text$ not null,
    old_object $text$ not null,
    new_object $text$ not null,
    push_options $text$ not null,
    state bigint not null,
    at bigint not null
);
create index git_ref_moves_by_state on git_ref_moves (state, id);
create index git_ref_moves_by_project on git_ref_moves (project_id, id);
