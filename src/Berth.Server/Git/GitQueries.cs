namespace Berth.Server.Git;

/// <summary>The SQL of git.</summary>
internal static class GitQueries
{
    private const string Columns = """
        id as Id, project_id as ProjectId, user_id as UserId, credential as Credential, ref as Ref, old_object as OldObject,
        new_object as NewObject, push_options as PushOptions, state as State, at as At
        """;

    public const string InsertMove = """
        insert into git_ref_moves (project_id, user_id, credential, ref, old_object, new_object, push_options, state, at)
        values (@projectId, @userId, @credential, @refName, @oldObject, @newObject, @pushOptions, 1, @now) returning id
        """;

    /// <summary>Never back from done: the settler and a push's own end may both find a move.</summary>
    public const string SetDone = "update git_ref_moves set state = 2 where id = @id and state in (1, 3)";

    public const string SetVoid = "update git_ref_moves set state = 3 where id = @id and state = 1";

    public const string SetProcessed = "update git_ref_moves set state = 4 where id = @id and state = 2";

    public const string MovesInState = $"select {Columns} from git_ref_moves where state = @state and id > @after order by id limit @limit";

    /// <summary>All that happened or may have happened to a project's refs since a move.</summary>
    public const string MovesSince = $"select {Columns} from git_ref_moves where project_id = @projectId and id >= @first and state <> 3 order by id";

    public const string DefaultBranch = "select default_branch from projects where id = @projectId";

    public const string SetDefaultBranch = "update projects set default_branch = @branch where id = @projectId and default_branch is null";
}
