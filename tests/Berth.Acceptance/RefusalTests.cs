using Berth.Acceptance.Harness;

namespace Berth.Acceptance;

/// <summary>Who may not is refused, and what the client itself prints tells a person why, and what to do.</summary>
public sealed class RefusalTests(Engine engine, TwoUsers users) : IClassFixture<TwoUsers>
{
    private static readonly string[] WrongSecret = ["Access denied", "The user name or password is wrong, or the token is wrong, expired or revoked"];

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task Login_with_a_wrong_token_is_refused(RegistryClient client)
    {
        using var workstation = new Workstation(engine);
        // podman and skopeo have words of their own for every 401 at a login.
        (await client.Login(workstation, users.Registry, "glpat-wrong")).FailedWith(client == RegistryClient.Docker ? WrongSecret : ["invalid username/password"]);
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task Login_with_a_token_for_other_things_than_the_registry_is_refused(RegistryClient client)
    {
        using var workstation = new Workstation(engine);
        var (_, token) = await users.BobsToken("read_user");
        (await client.Login(workstation, users.Registry, token)).FailedWith(client.PrintsOf403("the token has none of the scopes read_registry and write_registry"));
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task Without_a_login_a_private_project_can_be_neither_pushed_to_nor_pulled_from(RegistryClient client)
    {
        using var workstation = new Workstation(engine);
        var words = client.PrintsOf403("log in first (docker login)", "without it only public projects can be pulled");
        (await client.Push(workstation, $"{users.Registry}/ada/secret")).FailedWith(words);
        (await client.Pull(workstation, $"{users.Registry}/ada/secret")).FailedWith(words);
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task After_its_token_was_revoked_a_client_that_is_logged_in_is_refused(RegistryClient client)
    {
        using var workstation = new Workstation(engine);
        var (id, token) = await users.BobsToken("read_registry", "write_registry");
        (await client.Login(workstation, users.Registry, token)).Succeeded();
        (await client.Push(workstation, $"{users.Registry}/bob/before")).Succeeded();
        using (var bob = users.As("bob"))
            await bob.RevokeToken(id);
        (await client.Push(workstation, $"{users.Registry}/bob/after")).FailedWith(WrongSecret);
        (await client.Pull(workstation, $"{users.Registry}/bob/before")).FailedWith(WrongSecret);
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task Another_users_private_project_can_be_neither_pushed_to_nor_pulled_from(RegistryClient client)
    {
        using var workstation = await BobAt(client);
        foreach (var image in new[] { "ada/secret", "ada/there-is-none" })
        {
            // The same for what exists and what does not.
            string[] words = [$"'{image}' is in no project that 'bob' may see", "'bob' may push to bob/<project>"];
            (await client.Push(workstation, $"{users.Registry}/{image}")).FailedWith(words);
            (await client.Pull(workstation, $"{users.Registry}/{image}")).FailedWith(words);
        }
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task A_token_without_write_registry_pulls_and_does_not_push(RegistryClient client)
    {
        var image = $"{users.Registry}/bob/read-only-for-{client.Name()}";
        using (var owner = await BobAt(client))
            (await client.Push(owner, image)).Succeeded();
        using var workstation = new Workstation(engine);
        var (_, token) = await users.BobsToken("read_registry");
        (await client.Login(workstation, users.Registry, token)).Succeeded();
        (await client.Pull(workstation, image)).Succeeded();
        (await client.Push(workstation, image)).FailedWith("the token lacks the scope write_registry: make one that has it, then docker login again");
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task A_name_outside_any_namespace_is_refused(RegistryClient client)
    {
        using var workstation = await BobAt(client);
        string[] words = ["'hello' is in no namespace: name images <namespace>/<project>, for example bob/hello"];
        (await client.Push(workstation, $"{users.Registry}/hello")).FailedWith(words);
        (await client.Pull(workstation, $"{users.Registry}/hello")).FailedWith(words);
        (await client.Push(workstation, $"{users.Registry}/nobody/hello")).FailedWith("'nobody/hello' is in no project that 'bob' may see", "'bob' may push to bob/<project>");
    }

    [Theory]
    [InlineData(RegistryClient.Docker)]
    [InlineData(RegistryClient.Podman)]
    [InlineData(RegistryClient.Skopeo)]
    public async Task A_name_too_deep_below_its_project_is_refused(RegistryClient client)
    {
        using var workstation = await BobAt(client);
        (await client.Push(workstation, $"{users.Registry}/bob/app/a/b")).Succeeded();
        (await client.Push(workstation, $"{users.Registry}/bob/app/a/b/c")).FailedWith("'bob/app/a/b/c' is too deep: at most two names may follow the project 'bob/app'");
    }

    [Fact]
    public async Task Deleting_with_skopeo_by_a_token_without_api_is_refused()
    {
        using var workstation = new Workstation(engine);
        var skopeo = RegistryClient.Skopeo;
        var (_, token) = await users.BobsToken("read_registry", "write_registry");
        (await skopeo.Login(workstation, users.Registry, token)).Succeeded();
        (await skopeo.Push(workstation, $"{users.Registry}/bob/kept")).Succeeded();
        (await workstation.Run($"skopeo delete --tls-verify=false docker://{users.Registry}/bob/kept")).FailedWith("the token lacks the scope api");
        // skopeo prints the body as it is: words must be readable in it.
        (await workstation.Run($"skopeo delete --tls-verify=false docker://{users.Registry}/hello")).FailedWith("'hello' is in no namespace: name images <namespace>/<project>");
    }

    private async Task<Workstation> BobAt(RegistryClient client)
    {
        var workstation = new Workstation(engine);
        (await client.Login(workstation, users.Registry, TwoUsers.Password)).Succeeded();
        return workstation;
    }
}
