using System.Globalization;
using Berth.Oci;
using Berth.Server.Http;

namespace Berth.Server.Access;

/// <summary>
/// GET /api/v4/projects/:id/registry/access?as=…&amp;action=…[&amp;image=…]: whether somebody may pull, push or delete, and why, from the
/// very function that decides requests. For Maintainers of the project.
/// </summary>
internal static class RegistryAccessEndpoints
{
    public static void MapRegistryAccess(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v4/projects/{id}/registry/access", Explain).WithSummary("Says why somebody may or may not do something with an image").WithMetadata(new AccessRule.Project(TokenScopes.Api | TokenScopes.ReadApi, AccessLevel.Maintainer));

    /// <param name="access">Whose question it is.</param>
    /// <param name="as">A user name, a credential as 'pat:12', or 'anonymous'; none is the caller.</param>
    /// <param name="action">pull, push or delete.</param>
    /// <param name="image">What follows the project's path in the image's name; none is the project's own.</param>
    /// <param name="subjects">Finds who is meant.</param>
    /// <param name="decisions">Decides.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    private static async Task<IResult> Explain(
        ProjectAccess access, string? @as, string? action, string? image, AccessSubjects subjects, RegistryDecisions decisions, CancellationToken cancellationToken)
    {
        var wanted = action switch { "pull" => RegistryActions.Pull, "push" => RegistryActions.Push, "delete" => RegistryActions.Delete, _ => RegistryActions.None };
        if (wanted == RegistryActions.None)
            return Results.Json(new { error = "action must be pull, push or delete" }, statusCode: 400);
        if (@as is { Length: > 255 } || PlainText.Refusal(@as) is not null)
            return Results.Json(new { error = "as must be a user name, a credential such as pat:12 (never its secret), or anonymous" }, statusCode: 400);
        var text = access.Project.FullPath.ToLowerInvariant() + (string.IsNullOrEmpty(image) ? "" : "/" + image);
        if (!RepositoryName.TryParse(text, out var name))
            return Results.Json(new { error = RegistryError.NameInvalid(text).Message }, statusCode: 400);
        if (await subjects.Find(access, @as, cancellationToken) is not { } subject)
            return Results.Json(View(name, action!, @as!, "credential_unknown", "this is no credential of someone with a role here, or it was revoked, has expired, its user is blocked or its job has ended"));
        var (_, decision) = await decisions.Decide(subject.Caller, name, wanted, cancellationToken);
        return Results.Json(View(name, action!, subject, decision));
    }

    private static Dictionary<string, object?> View(RepositoryName name, string action, AccessSubject subject, Decision decision)
    {
        var view = View(name, action, subject.Caller.IsAnonymous ? "anonymous" : subject.Caller.Username, Word(decision.Rule.ToString()), decision.Allowed ? Words(decision.Rule, subject) : decision.Reason);
        view["allowed"] = decision.Allowed;
        view["credential"] = subject.IsCredential ? subject.Caller.Credential : null;
        view["role"] = subject.Role == AccessLevel.None ? null : subject.Role.ToString().ToLowerInvariant();
        view["access_level"] = (int)subject.Role;
        view["needed_role"] = decision.NeededRole?.ToString().ToLowerInvariant();
        view["missing_scope"] = decision.NeededScope;
        return view;
    }

    private static Dictionary<string, object?> View(RepositoryName name, string action, string who, string rule, string reason) => new()
    {
        ["allowed"] = false,
        ["as"] = who,
        ["credential"] = null,
        ["action"] = action,
        ["image"] = name.ToString(),
        ["rule"] = rule,
        ["reason"] = reason,
        ["role"] = null,
        ["access_level"] = 0,
        ["needed_role"] = null,
        ["missing_scope"] = null,
    };

    private static string Words(DecisionRule rule, AccessSubject subject) => rule switch
    {
        DecisionRule.Role => $"the role {subject.Role} allows it",
        DecisionRule.Administrator => "administrators may do everything",
        DecisionRule.Visibility => "the project's visibility and its registry's access level allow it without a role",
        _ => "the namespace is their own",
    };

    /// <summary>RoleTooLow is role_too_low.</summary>
    private static string Word(string name) => string.Concat(name.Select((letter, at) => char.IsUpper(letter) ? $"{(at > 0 ? "_" : "")}{char.ToLower(letter, CultureInfo.InvariantCulture)}" : $"{letter}"));
}
