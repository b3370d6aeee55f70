-- For the limit of open uploads of one credential.
create index upload_sessions_open on upload_sessions (subject) where state = 1;
