using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Berth.Server.Web;

/// <summary>Turns a component into HTML.</summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs)
{
    /// <summary>A page: every one takes who looks, and a model of its own.</summary>
    public Task<string> Page<T>(Viewer viewer, object model)
        where T : IComponent => Render<T>(new Dictionary<string, object?> { ["Viewer"] = viewer, ["Model"] = model });

    public async Task<string> Render<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
