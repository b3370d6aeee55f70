-- When the user last signed in to the pages; null if never.
alter table users add column signed_in_at bigint;
