using Berth.Oci;
using Berth.Server.Access.Places;

namespace Berth.Server.Access.Registry;

/// <summary>What an image name points at, by ids.</summary>
internal abstract record ImageTarget
{
    private ImageTarget()
    {
    }

    /// <summary>Image <paramref name="Relative"/> ('', 'image', 'my/image') of a project.</summary>
    internal sealed record InProject(ProjectFacts Project, string Relative) : ImageTarget
    {
        /// <summary>Whether the name is of a path that the project left.</summary>
        public bool HasMoved { get; init; }

        /// <summary>The image's name as it is now.</summary>
        public string Image => Project.Path.ToLowerInvariant() + (Relative.Length == 0 ? "" : "/" + Relative);
    }

    /// <summary>
    /// A project that left the path: for those who may see it. For others the name points at <paramref name="Otherwise"/>, where their
    /// role is <paramref name="RoleOtherwise"/>.
    /// </summary>
    internal sealed record Left(InProject Found, ImageTarget Otherwise, AccessLevel RoleOtherwise) : ImageTarget;

    /// <summary>Image <paramref name="Relative"/> of a project that the first push would make in a namespace.</summary>
    internal sealed record InNewProject(NamespaceFacts Namespace, string ProjectPath, string Relative) : ImageTarget;

    /// <summary>The push would make a project of a name that is not given out, for <paramref name="Reason"/> ('is …').</summary>
    internal sealed record BadProject(string Project, string Reason, NamespaceFacts Namespace) : ImageTarget;

    /// <summary>More than two levels behind the project's path.</summary>
    internal sealed record TooDeep(string ProjectPath, ProjectFacts? Project, NamespaceFacts? Namespace) : ImageTarget;

    /// <summary>No project and no namespace on the way.</summary>
    internal sealed record Nowhere : ImageTarget;

    /// <summary>A name of one component: nothing can be in no namespace.</summary>
    internal sealed record NoNamespace(RepositoryName Name) : ImageTarget;
}
