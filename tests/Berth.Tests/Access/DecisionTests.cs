using Berth.Server.Access;
using Berth.Server.Access.Login;
using Berth.Server.Access.Places;

namespace Berth.Tests.Access;

/// <summary>What holds of every decision about the registry. Each by itself stands in rights.txt (<see cref="Rights.RightsTests"/>).</summary>
public sealed class DecisionTests
{
    private const string Image = "group/project/image";
    private const long UserId = 7;

    private static readonly RegistryActions[] Actions = [RegistryActions.Pull, RegistryActions.Push, RegistryActions.Delete];
    private static readonly AccessLevel[] Roles = Enum.GetValues<AccessLevel>();

    /// <summary>Sets of scopes, and passwords, which may all.</summary>
    private static readonly (string Name, TokenScopes Scopes)[] ScopeSets =
    [
        ("password", TokenScopes.All),
        ("api", TokenScopes.Api),
        ("read_api", TokenScopes.ReadApi),
        ("read_reg", TokenScopes.ReadRegistry),
        ("write_reg", TokenScopes.WriteRegistry),
        ("r+w_reg", TokenScopes.ReadRegistry | TokenScopes.WriteRegistry),
        ("all_other", TokenScopes.All & ~(TokenScopes.Api | TokenScopes.ReadApi | TokenScopes.ReadRegistry | TokenScopes.WriteRegistry)),
    ];

    [Fact]
    public void A_higher_role_may_all_that_a_lower_one_may() => Everywhere((project, scopes) =>
        Assert.All(Roles.Zip(Roles.Skip(1)), pair => Assert.All(Actions, action =>
            Assert.True(!May(User(scopes), project, pair.First, action) || May(User(scopes), project, pair.Second, action)))));

    [Fact]
    public void Whoever_may_push_or_delete_may_see_the_project() => Everywhere((project, scopes) =>
        Assert.All(Roles, role => Assert.All(Actions, action =>
            Assert.True(!May(User(scopes), project, role, action) || Decision.ToSee(User(scopes), project, role).Allowed))));

    [Fact]
    public void A_narrower_credential_never_may_more_than_the_password() => Everywhere((project, scopes) =>
        Assert.All(Roles, role => Assert.All(Actions, action =>
            Assert.True(!May(User(scopes), project, role, action) || May(User(TokenScopes.All), project, role, action)))));

    [Fact]
    public void A_refusal_tells_nothing_of_a_project_that_the_caller_may_not_see() => Everywhere((project, scopes) =>
        Assert.All(new[] { User(scopes), Caller.Anonymous }, caller => Assert.All(Actions, action =>
        {
            if (!Decision.ToSee(caller, project, AccessLevel.None).Allowed)
                Assert.Equal(Decision.NotFound(caller, Image).Reason, Decision.InProject(caller, project, AccessLevel.None, action, Image).Reason);
        })));

    [Fact]
    public void Only_a_refusal_has_a_reason() => Everywhere((project, scopes) =>
        Assert.All(Roles, role => Assert.All(Actions, action =>
        {
            var decision = Decision.InProject(User(scopes), project, role, action, Image);
            Assert.Equal(decision.Allowed, decision.Reason.Length == 0);
        })));

    [Theory]
    [InlineData(RegistryActions.None)]
    [InlineData(RegistryActions.Pull | RegistryActions.Push)]
    [InlineData(RegistryActions.All)]
    internal void Several_actions_at_once_are_a_fault(RegistryActions actions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Decision.InProject(User(TokenScopes.All), Project(Visibility.Public, RegistryAccessLevel.Enabled), AccessLevel.Owner, actions, Image));

    [Theory]
    [InlineData(AccessLevel.Developer, false, false)]
    [InlineData(AccessLevel.Maintainer, false, true)]
    [InlineData(AccessLevel.None, true, true)]
    internal void Maintainers_and_administrators_change_a_project(AccessLevel role, bool isAdmin, bool may) =>
        Assert.Equal(may, Decision.ToAdminister(User(TokenScopes.Api, isAdmin), Project(Visibility.Public, RegistryAccessLevel.Enabled), role).Allowed);

    private static void Everywhere(Action<ProjectFacts, TokenScopes> check)
    {
        foreach (var visibility in Enum.GetValues<Visibility>())
        {
            foreach (var registry in Enum.GetValues<RegistryAccessLevel>())
                Assert.All(ScopeSets, set => check(Project(visibility, registry), set.Scopes));
        }
    }

    private static bool May(Caller caller, ProjectFacts project, AccessLevel role, RegistryActions action) =>
        Decision.InProject(caller, project, role, action, Image).Allowed;

    private static Caller User(TokenScopes scopes, bool isAdmin = false) =>
        new(CredentialKind.PersonalAccessToken, 12, UserId, "Alice", isAdmin, scopes);

    private static ProjectFacts Project(Visibility visibility, RegistryAccessLevel registry) =>
        new(3, "group/project", 2, null, visibility, registry, 7);
}
