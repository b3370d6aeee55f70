using System.Text;
using Berth.Server.Access;
using Berth.Tests.Harness;

namespace Berth.Tests.Access;

/// <summary>Every decision about the registry, as a table in git that people read.</summary>
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

    /// <summary>How a refusal begins or what it holds, and the letter that stands for it in the table.</summary>
    private static readonly (char Letter, string Sign)[] Letters =
    [
        ('n', "does not exist, or needs a login"),
        ('n', "is in no project that"),
        ('s', "the token lacks the scope"),
        ('o', "is switched off"),
        ('l', "log in first"),
        ('r', "needs at least the role"),
        ('g', "pushing makes no projects in group"),
    ];

    private readonly StringBuilder _table = new();
    private readonly SortedSet<string> _reasons = new(StringComparer.Ordinal);

    [Fact]
    public void Every_decision_is_the_one_of_the_table()
    {
        _table.Append("""
            Who may pull (p), push (P) and delete (D) in a project's registry.
            A letter that was allowed stands as it is; in its place stands, if it was refused:
              n  not found: there is none, or none that the caller may see
              s  the credential lacks the scope
              o  the project's registry is off
              l  log in first
              r  the role is too low
              g  a push makes no project in the group
            Below the tables are the words of every refusal.

            """);
        foreach (var visibility in Enum.GetValues<Visibility>())
        {
            foreach (var registry in Enum.GetValues<RegistryAccessLevel>())
                AddProject(visibility, registry);
        }
        AddNewProject();
        _table.Append("\nReasons\n").AppendJoin('\n', _reasons).Append('\n');
        Snapshot.Matches("tests/Berth.Tests/Snapshots/decisions.txt", _table.ToString());
    }

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

    private void AddProject(Visibility visibility, RegistryAccessLevel registry)
    {
        var project = Project(visibility, registry);
        AddHead($"{visibility} project, registry {registry}");
        foreach (var role in Roles)
            AddRow(role == AccessLevel.None ? "no member" : role.ToString(), (scopes, action) => Decision.InProject(User(scopes), project, role, action, Image));
        AddRow("administrator", (scopes, action) => Decision.InProject(User(scopes, isAdmin: true), project, AccessLevel.None, action, Image));
        AddAnonymous(action => Decision.InProject(Caller.Anonymous, project, AccessLevel.None, action, Image));
    }

    private void AddNewProject()
    {
        var own = new NamespaceFacts(2, "alice", UserId, Visibility.Public, PushCreatesProjects: false);
        var others = own with { OwnerId = UserId + 1 };
        AddHead("No project yet, in a user's namespace");
        AddRow("its user", (scopes, action) => Decision.InNewProject(User(scopes), own, AccessLevel.Owner, action, Image));
        AddRow("another user", (scopes, action) => Decision.InNewProject(User(scopes), others, AccessLevel.None, action, Image));
        AddRow("administrator", (scopes, action) => Decision.InNewProject(User(scopes, isAdmin: true), others, AccessLevel.None, action, Image));
        AddAnonymous(action => Decision.InNewProject(Caller.Anonymous, own, AccessLevel.None, action, Image));
        foreach (var creates in new[] { false, true })
        {
            var group = new NamespaceFacts(2, "group", null, Visibility.Public, creates);
            AddHead($"No project yet, in a group where a push makes {(creates ? "projects" : "none")}");
            foreach (var role in Roles)
                AddRow(role == AccessLevel.None ? "no member" : role.ToString(), (scopes, action) => Decision.InNewProject(User(scopes), group, role, action, Image));
            AddRow("administrator", (scopes, action) => Decision.InNewProject(User(scopes, isAdmin: true), group, AccessLevel.None, action, Image));
            AddAnonymous(action => Decision.InNewProject(Caller.Anonymous, group, AccessLevel.None, action, Image));
        }
    }

    private void AddHead(string title)
    {
        _table.Append('\n').Append(title).Append("\n               ");
        foreach (var (name, _) in ScopeSets)
            _table.Append($" {name,-9}");
        EndLine();
    }

    private void AddRow(string name, Func<TokenScopes, RegistryActions, Decision> decide)
    {
        _table.Append($"  {name,-13}");
        foreach (var (_, scopes) in ScopeSets)
            _table.Append($" {Letter(action => decide(scopes, action)),-9}");
        EndLine();
    }

    private void AddAnonymous(Func<RegistryActions, Decision> decide)
    {
        _table.Append($"  {"anonymous",-13} {Letter(decide)}\n");
    }

    private string Letter(Func<RegistryActions, Decision> decide) => string.Concat(Actions.Select(action =>
    {
        var decision = decide(action);
        if (decision.Allowed)
            return "pPD"[Array.IndexOf(Actions, action)];
        var letter = Letters.First(known => decision.Reason.Contains(known.Sign, StringComparison.Ordinal)).Letter;
        _reasons.Add($"  {letter}  {decision.Reason}");
        return letter;
    }));

    private void EndLine()
    {
        while (_table[^1] == ' ')
            _table.Length--;
        _table.Append('\n');
    }

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
