using Berth.Server.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Berth.Tests.Access.Hiding;

/// <summary>
/// From a route's pattern to addresses: what each parameter names is known by the word before it. A route with a parameter that is not
/// known here fails the test, so that a new one is thought of.
/// </summary>
internal static class RouteAddresses
{
    /// <summary>The ways to name what stands first in an address.</summary>
    public enum Outer { Number, Path, Own }

    /// <summary>The address for a tenant's things; null where the route has no parameter, or names nothing of a tenant's.</summary>
    public static Func<Tenant, Tenant, string>? Of(RouteEndpoint route, Outer outer, bool byTag)
    {
        var parts = new List<Func<Tenant, Tenant, string>>();
        var (named, nested) = (false, false);
        var before = "";
        var ofGroup = route.Metadata.GetMetadata<AccessRule>() is AccessRule.Group or AccessRule.GroupPage;
        foreach (var segment in route.RoutePattern.PathSegments)
        {
            parts.Add((_, _) => "/");
            foreach (var part in segment.Parts)
            {
                if (part is not RoutePatternParameterPart parameter)
                {
                    var text = part is RoutePatternLiteralPart literal ? literal.Content : ((RoutePatternSeparatorPart)part).Content;
                    parts.Add((_, _) => text);
                    continue;
                }
                var kind = Kind(before, parameter.Name, ofGroup, byTag, route);
                if (kind == "")
                    return null;
                named = true;
                var isOuter = kind is "project" or "group" or "group path" or "path" or "image" && !nested && before is "projects" or "groups" or "namespaces" or "v2" or "";
                nested |= !isOuter;
                parts.Add((theirs, own) => Name(kind, isOuter && outer == Outer.Own ? own : theirs, outer));
            }
            before = segment.Parts[0] is RoutePatternLiteralPart word ? word.Content : before;
        }
        // In the caller's own, only what is below can be another's.
        return !named || (outer == Outer.Own && !nested) ? null : (theirs, own) => string.Concat(parts.Select(part => part(theirs, own)));
    }

    private static string Name(string kind, Tenant tenant, Outer outer) => (kind, outer) switch
    {
        ("project", Outer.Path) => Uri.EscapeDataString(tenant["path"]),
        ("group", Outer.Path) => Uri.EscapeDataString(tenant["group path"]),
        ("rest", _) => "info/packs",
        _ => tenant[kind],
    };

    private static string Kind(string before, string name, bool ofGroup, bool byTag, RouteEndpoint route) => (before, name) switch
    {
        ("projects" or "deleted_projects", "id") => "project",
        ("groups" or "namespaces", "id") => "group",
        ("access_tokens", "token") => ofGroup ? "token of group" : "token of project",
        ("deploy_tokens", "token") => ofGroup ? "deploy token of group" : "deploy token of project",
        // That there is a user of some number is no secret before accounts, as in GitLab.
        ("users", _) when route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods is ["GET"] => "",
        ("members" or "all" or "project_members" or "group_members", "user") or ("users", "userId" or "id" or "user") => "user",
        ("audit_events", "event") => "event",
        ("allowlist", "target") => "project",
        ("jobs", "job" or "id") => "job",
        ("pipelines", "pipeline" or "id") => "pipeline",
        ("variables", "key") => "key",
        ("personal_access_tokens", "id") => "pat",
        ("impersonation_tokens", "id") => "impersonation",
        ("runners", "id") => "runner",
        ("v2", "name") => "image",
        ("blobs" or "referrers", "digest") => "digest",
        ("manifests", "reference") => byTag ? "tag" : "digest",
        ("uploads", "id") => "upload",
        ("", "project") => "path",
        ("container_registry", "id") or ("repositories", "repository") => "repository",
        ("tags", "tag") => "tag",
        ("manifests", "digest") => "digest",
        ("groups", "group") => "group path",
        ("objects", "rest") => "rest",
        // The program's own files.
        ("assets", _) => "",
        _ => throw new ArgumentException($"What does {{{name}}} of {route.RoutePattern.RawText} name? Say it here, so that it is tried whether it shows what others have."),
    };
}
