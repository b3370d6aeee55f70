namespace Berth.Server.Access.Places;

/// <summary>
/// The SQL that gives what is at a path, and all below it, another one: each a single statement that costs what it moves. Content
/// hangs on ids, so none of it is touched. '@cut' is where the old path ends in each text, counted from 1.
/// </summary>
internal static class PathMoveQueries
{
    private const string Here = "path_lower = @path or (path_lower > @from and path_lower < @end)";

    private const string Images = "image_name = @path or (image_name > @from and image_name < @end)";

    public const string LongestPath = $"select cast(max(length(path_lower)) as bigint) from routes where {Here}";

    public const string LongestImage = $"select cast(max(length(image_name)) as bigint) from repositories where {Images}";

    /// <summary>Takes the new path, unless another has it.</summary>
    public const string ClaimRoute = """
        insert into routes (path_lower, path, namespace_id, project_id, visibility)
        select @lower, @to, namespace_id, project_id, visibility from routes where path_lower = @path
        on conflict (path_lower) do nothing
        """;

    public const string DeleteRoute = "delete from routes where path_lower = @path";

    public const string MoveRoutesBelow = """
        update routes set path_lower = @lower || substr(path_lower, @cut), path = @to || substr(path, @cut) where path_lower > @from and path_lower < @end
        """;

    /// <summary>A change of upper and lower case alone.</summary>
    public const string SpellRoutes = $"update routes set path = @to || substr(path, @cut) where {Here}";

    public const string MoveImages = $"update repositories set image_name = @lower || substr(image_name, @cut) where {Images}";

    /// <summary>Every namespace below one, itself included, and one more: nothing is given out in them meanwhile.</summary>
    public const string LockTree = """
        select id from namespaces where id = @also or id in (select namespace_id from namespace_ancestors where ancestor_id = @id) order by id
        """;

    /// <summary>No repository is made in them meanwhile: it would get the old name.</summary>
    public const string LockProjectsOfTree = """
        select id from projects where namespace_id in (select namespace_id from namespace_ancestors where ancestor_id = @id) order by id
        """;

    public const string LockNamespaces = "select id from namespaces where id in @ids order by id";

    public const string SetProject = "update projects set namespace_id = @space, path = @name where id = @id";

    public const string SetNamespace = "update namespaces set parent_id = @parent, path = @name where id = @id";

    public const string OwnNamespace = "select n.id as Id, r.path as Path from namespaces n join routes r on r.namespace_id = n.id where n.owner_id = @userId";

    public const string SetUsername = "update users set username = @username, username_lower = @lower where id = @userId";

    public const string IsBelow = "select namespace_id from namespace_ancestors where namespace_id = @other and ancestor_id = @id";

    /// <summary>The depth of the deepest namespace below one.</summary>
    public const string DeepestOfTree = """
        select max(depth) from (
            select count(*) as depth from namespace_ancestors
            where namespace_id in (select namespace_id from namespace_ancestors where ancestor_id = @id) group by namespace_id) tree
        """;

    /// <summary>What is above a group is above no more of all below it.</summary>
    public const string CutTree = """
        delete from namespace_ancestors
        where namespace_id in (select namespace_id from namespace_ancestors where ancestor_id = @id)
            and ancestor_id in (select ancestor_id from namespace_ancestors where namespace_id = @id and ancestor_id <> @id)
        """;

    /// <summary>The new parent, and what is above that, comes to be above the group and all below it.</summary>
    public const string GraftTree = """
        insert into namespace_ancestors (namespace_id, ancestor_id)
        select tree.namespace_id, above.ancestor_id from namespace_ancestors tree join namespace_ancestors above on above.namespace_id = @parent
        where tree.ancestor_id = @id
        """;

    public const string NamespaceIdByPath = "select namespace_id from routes where path_lower = @path";
}
