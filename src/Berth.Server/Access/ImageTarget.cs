using Berth.Oci;

namespace Berth.Server.Access;

/// <summary>What an image name points at, by ids.</summary>
internal abstract record ImageTarget
{
    private ImageTarget()
    {
    }

    /// <summary>Image <paramref name="Relative"/> ('', 'image', 'my/image') of a project.</summary>
    internal sealed record InProject(ProjectFacts Project, string Relative) : ImageTarget;

    /// <summary>Image <paramref name="Relative"/> of a project that the first push would make in a user's own namespace.</summary>
    internal sealed record InNewProject(long NamespaceId, long? NamespaceOwnerId, string NamespacePath, string ProjectPath, string Relative) : ImageTarget;

    /// <summary>The push would make a project of a name that is not given out, for <paramref name="Reason"/> ('is …').</summary>
    internal sealed record BadProject(string Project, string Reason, long? NamespaceOwnerId) : ImageTarget;

    /// <summary>More than two levels behind the project's path.</summary>
    internal sealed record TooDeep(string ProjectPath, ProjectFacts? Project, long? NamespaceOwnerId) : ImageTarget;

    /// <summary>No project and no user's namespace on the way.</summary>
    internal sealed record Nowhere : ImageTarget;

    /// <summary>A name of one component: nothing can be in no namespace.</summary>
    internal sealed record NoNamespace(RepositoryName Name) : ImageTarget;
}
