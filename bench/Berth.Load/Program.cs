using Berth.Load;

return await LoadCommand.Create().Parse(args).InvokeAsync();
