-- The projects whose images hold most, for administrators.
create index projects_by_size on projects (image_size desc, id) where deleted_at is null;
