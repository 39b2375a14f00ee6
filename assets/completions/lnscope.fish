# fish completion for lnscope; made by lnscope --completions fish
complete -c lnscope -f
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a run -d 'the same without a screen: a row per step and stack'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a play -d 'play a lesson, a demo or a script on the screen; alone: which there are'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a record -d 'play a script without a terminal, and record it: the same files every time'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a list -d 'print placements, tasks, keys, settings and more'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a block -d 'one block on a small input, every intermediate value printed'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a lab -d 'a grid of runs over settings and seeds, and the map of their verdicts'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a claims -d 'check published claims by measuring them'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a hook -d 'print a Python module that writes rows of a PyTorch training'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -a watch -d 'show trainings that others do, from their rows as they come (-: standard input; without FILE: train.jsonl)'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l force -d 'let --record and --tee replace a file that exists'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l record -d 'record the screen, as an asciicast that asciinema plays' -r -F
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l load -d 'go on with a session that :save has written; other options than those of the model apply on top' -r -F
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l share -d 'print the command line that makes these settings again, and exit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l print-config -d 'print these settings as a config file, and exit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l completions -d 'print what bash, zsh or fish completes command lines with, and exit' -x -a 'bash zsh fish'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l print-memory -d 'print the memory that these settings need, and exit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l tee -d 'write a row per step and stack to a file while it trains, for lnscope watch' -r -F
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l help -d 'print this help'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l version -d 'print the version'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-qk-norm -d 'RMSNorm of the queries and keys of every head'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-qk-joint -d 'qk-norm is one norm over all heads, not one for each'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-tied -d 'the output projection is the token embedding'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-embedding-scale -d 'token embeddings are multiplied by sqrt(D)'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-parallel -d 'attention and feed-forward side by side, as one sublayer'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l layers -d 'depth of each stack (L)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l batch -d 'sequences in a step (B)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l task -d 'what is learned' -x -a 'grammar copy repeat text reverse sort modular masked shapes'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l optimizer -d 'what turns a gradient into an update' -x -a 'adamw sgd momentum adam radam lion muon'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l lr -d 'learning rate after the warmup' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l warmup -d 'steps over which the learning rate rises to lr, in a straight line' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l schedule -d 'course of the learning rate after the warmup' -x -a 'constant linear cosine inverse-sqrt wsd'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l min-lr -d 'where a schedule that decays ends, at most lr; inverse-sqrt falls no lower' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l clip -d 'largest norm of the whole gradient; 0 does not clip' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l weight-decay -d 'decay of the weights, times the learning rate, per step' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l decay-on -d 'what decays: matrices, embeddings among them, or gains and biases as well' -x -a 'matrices all'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l beta1 -d 'memory of the mean gradient: Adam s first moment, the velocity of momentum' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l beta2 -d 'memory of the squared gradient, Adam s second moment; of Lion s momentum' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l eps -d 'added to the root of the squared gradient that Adam, AdamW and RAdam divide by' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l label-smoothing -d 'share of the target spread over all tokens; the loss shown stays that of the target' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l steps -d 'length of the run; 0 goes on until it is stopped' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l theme -d 'colours of the screen' -x -a 'default dark light mono'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520' -f -a 'auto on off'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l hide -d 'hide header and footer, for a lesson; keys act all the same' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-hide -d 'hide header and footer, for a lesson; keys act all the same'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l confirm -d 'q asks once where runs of more than 100 steps are not saved' -f -a 'off on'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l no-confirm -d 'q asks once where runs of more than 100 steps are not saved'
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l history -d 'MB of memory for the past of a run, for states to branch from, and for earlier runs' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l fps -d 'how often the screen is drawn, at most' -x
complete -c lnscope -n 'not __fish_seen_subcommand_from run play record list block lab claims hook watch' -l speed -d 'how fast the screen trains, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l format -d 'csv (default), jsonl or table (default on a terminal)' -x -a 'csv jsonl table'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l every -d 'write steps N, 2N, ... and the last one only' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l output -d 'write to a file; it appears when the run is over, and whole' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from run' -l force -d 'let -o, --dump and --export replace a file that exists'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l load -d 'go on with a session that :save has written; other options than those of the model apply on top' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from run' -l share -d 'print the command line that makes these settings again, and exit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l print-config -d 'print these settings as a config file, and exit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l dump -d 'write weights, gradients and batch of one step as safetensors' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from run' -l dump-step -d 'the step that --dump writes (default 1)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l export -d 'at the end, write what the screen would show as .svg, .png or .txt, or all that was measured as .csv or .jsonl; once more for each further file' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from run' -l print-memory -d 'print the memory that these settings need, and exit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-qk-norm -d 'RMSNorm of the queries and keys of every head'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-qk-joint -d 'qk-norm is one norm over all heads, not one for each'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-tied -d 'the output projection is the token embedding'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-embedding-scale -d 'token embeddings are multiplied by sqrt(D)'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-parallel -d 'attention and feed-forward side by side, as one sublayer'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l layers -d 'depth of each stack (L)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l batch -d 'sequences in a step (B)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l task -d 'what is learned' -x -a 'grammar copy repeat text reverse sort modular masked shapes'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from run' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l optimizer -d 'what turns a gradient into an update' -x -a 'adamw sgd momentum adam radam lion muon'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l lr -d 'learning rate after the warmup' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l warmup -d 'steps over which the learning rate rises to lr, in a straight line' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l schedule -d 'course of the learning rate after the warmup' -x -a 'constant linear cosine inverse-sqrt wsd'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l min-lr -d 'where a schedule that decays ends, at most lr; inverse-sqrt falls no lower' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l clip -d 'largest norm of the whole gradient; 0 does not clip' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l weight-decay -d 'decay of the weights, times the learning rate, per step' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l decay-on -d 'what decays: matrices, embeddings among them, or gains and biases as well' -x -a 'matrices all'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l beta1 -d 'memory of the mean gradient: Adam s first moment, the velocity of momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l beta2 -d 'memory of the squared gradient, Adam s second moment; of Lion s momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l eps -d 'added to the root of the squared gradient that Adam, AdamW and RAdam divide by' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l label-smoothing -d 'share of the target spread over all tokens; the loss shown stays that of the target' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l steps -d 'length of the run; 0 goes on until it is stopped' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l theme -d 'colours of the screen' -x -a 'default dark light mono'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520' -f -a 'auto on off'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l hide -d 'hide header and footer, for a lesson; keys act all the same' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-hide -d 'hide header and footer, for a lesson; keys act all the same'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l confirm -d 'q asks once where runs of more than 100 steps are not saved' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l no-confirm -d 'q asks once where runs of more than 100 steps are not saved'
complete -c lnscope -n '__fish_seen_subcommand_from run' -l history -d 'MB of memory for the past of a run, for states to branch from, and for earlier runs' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l fps -d 'how often the screen is drawn, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from run' -l speed -d 'how fast the screen trains, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -a 'one-line-of-difference watch-it-collapse warmup-to-the-rescue depth-compounds which-gradient the-identity-path rmsnorm-is-orthogonal the-price-of-pre-ln the-hybrid-and-other-placements switching-midway it-is-not-only-vanishing history anatomy curves log overview samples story stream tensors tour waterfall'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l force -d 'let --record, --handout and snapshots replace files that exist'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l record -d 'record the screen, as an asciicast that asciinema plays' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l handout -d 'write what the script says, and what was measured in this run, with pictures, as one page' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from play' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-qk-norm -d 'RMSNorm of the queries and keys of every head'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-qk-joint -d 'qk-norm is one norm over all heads, not one for each'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-tied -d 'the output projection is the token embedding'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-embedding-scale -d 'token embeddings are multiplied by sqrt(D)'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-parallel -d 'attention and feed-forward side by side, as one sublayer'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l layers -d 'depth of each stack (L)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l batch -d 'sequences in a step (B)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l task -d 'what is learned' -x -a 'grammar copy repeat text reverse sort modular masked shapes'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from play' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l optimizer -d 'what turns a gradient into an update' -x -a 'adamw sgd momentum adam radam lion muon'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l lr -d 'learning rate after the warmup' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l warmup -d 'steps over which the learning rate rises to lr, in a straight line' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l schedule -d 'course of the learning rate after the warmup' -x -a 'constant linear cosine inverse-sqrt wsd'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l min-lr -d 'where a schedule that decays ends, at most lr; inverse-sqrt falls no lower' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l clip -d 'largest norm of the whole gradient; 0 does not clip' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l weight-decay -d 'decay of the weights, times the learning rate, per step' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l decay-on -d 'what decays: matrices, embeddings among them, or gains and biases as well' -x -a 'matrices all'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l beta1 -d 'memory of the mean gradient: Adam s first moment, the velocity of momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l beta2 -d 'memory of the squared gradient, Adam s second moment; of Lion s momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l eps -d 'added to the root of the squared gradient that Adam, AdamW and RAdam divide by' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l label-smoothing -d 'share of the target spread over all tokens; the loss shown stays that of the target' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l steps -d 'length of the run; 0 goes on until it is stopped' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l theme -d 'colours of the screen' -x -a 'default dark light mono'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520' -f -a 'auto on off'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l hide -d 'hide header and footer, for a lesson; keys act all the same' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-hide -d 'hide header and footer, for a lesson; keys act all the same'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l confirm -d 'q asks once where runs of more than 100 steps are not saved' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l no-confirm -d 'q asks once where runs of more than 100 steps are not saved'
complete -c lnscope -n '__fish_seen_subcommand_from play' -l history -d 'MB of memory for the past of a run, for states to branch from, and for earlier runs' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l fps -d 'how often the screen is drawn, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from play' -l speed -d 'how fast the screen trains, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -a 'one-line-of-difference watch-it-collapse warmup-to-the-rescue depth-compounds which-gradient the-identity-path rmsnorm-is-orthogonal the-price-of-pre-ln the-hybrid-and-other-placements switching-midway it-is-not-only-vanishing history anatomy curves log overview samples story stream tensors tour waterfall'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l output -d 'what to make, by its ending: .cast, .svg, .gif, .mp4, .webm, .png, .txt, or a folder/ of PNGs; -o again makes more at once' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from record' -l force -d 'replace files that exist'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l size -d 'size of the screen (default 120x36)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l at -d 'make pictures (.svg, .png, .txt) of the first moment at this step, or of the beginning of this chapter, instead of the end' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l scale -d 'pixels of a video, .gif or .png are so many times as many in both directions (default 1)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l loop -d 'an animated .svg or .gif begins anew at its end'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l cast-version -d 'version of a .cast (default 2); 3 is for asciinema 3' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l captions -d 'write the captions as well, for players that show them beside a video' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from record' -l handout -d 'write what the script says, and what was measured in this run, with pictures, as one page' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from record' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-qk-norm -d 'RMSNorm of the queries and keys of every head'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-qk-joint -d 'qk-norm is one norm over all heads, not one for each'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-tied -d 'the output projection is the token embedding'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-embedding-scale -d 'token embeddings are multiplied by sqrt(D)'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-parallel -d 'attention and feed-forward side by side, as one sublayer'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l layers -d 'depth of each stack (L)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l batch -d 'sequences in a step (B)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l task -d 'what is learned' -x -a 'grammar copy repeat text reverse sort modular masked shapes'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from record' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l optimizer -d 'what turns a gradient into an update' -x -a 'adamw sgd momentum adam radam lion muon'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l lr -d 'learning rate after the warmup' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l warmup -d 'steps over which the learning rate rises to lr, in a straight line' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l schedule -d 'course of the learning rate after the warmup' -x -a 'constant linear cosine inverse-sqrt wsd'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l min-lr -d 'where a schedule that decays ends, at most lr; inverse-sqrt falls no lower' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l clip -d 'largest norm of the whole gradient; 0 does not clip' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l weight-decay -d 'decay of the weights, times the learning rate, per step' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l decay-on -d 'what decays: matrices, embeddings among them, or gains and biases as well' -x -a 'matrices all'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l beta1 -d 'memory of the mean gradient: Adam s first moment, the velocity of momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l beta2 -d 'memory of the squared gradient, Adam s second moment; of Lion s momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l eps -d 'added to the root of the squared gradient that Adam, AdamW and RAdam divide by' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l label-smoothing -d 'share of the target spread over all tokens; the loss shown stays that of the target' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l steps -d 'length of the run; 0 goes on until it is stopped' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l theme -d 'colours of the screen' -x -a 'default dark light mono'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520' -f -a 'auto on off'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l hide -d 'hide header and footer, for a lesson; keys act all the same' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-hide -d 'hide header and footer, for a lesson; keys act all the same'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l confirm -d 'q asks once where runs of more than 100 steps are not saved' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l no-confirm -d 'q asks once where runs of more than 100 steps are not saved'
complete -c lnscope -n '__fish_seen_subcommand_from record' -l history -d 'MB of memory for the past of a run, for states to branch from, and for earlier runs' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l fps -d 'how often the screen is drawn, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from record' -l speed -d 'how fast the screen trains, at most' -x
complete -c lnscope -n '__fish_seen_subcommand_from list' -a 'placements norms tasks presets scripts script-commands keys commands views options settings optimizers schedules inits activations positions themes claims events quantities'
complete -c lnscope -n '__fish_seen_subcommand_from list' -l format -d 'text (default), jsonl, markdown or man' -x -a 'text jsonl markdown man'
complete -c lnscope -n '__fish_seen_subcommand_from list' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from list' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from list' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from list' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from list' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n '__fish_seen_subcommand_from list' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n '__fish_seen_subcommand_from list' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l format -d 'text (default) or json' -x -a 'text json'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l placement -d 'one block of this placement, instead of --left and --right' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l sublayer -d 'block (default: both sublayers), attention, or ffn: Dense(ffn), activation, Dense(width)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l input -d 'a row of numbers for each token; without it they are drawn from N(0,1)' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from block' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from block' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from block' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l output -d 'write to a file: rows as they come, and in the end in their order' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l force -d 'let -o and --figure replace a file that exists'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l seeds -d 'run every cell for seeds 1 to N, or from A to B with A..B' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l grid -d 'an axis: values of a setting, separated by commas, and ranges FROM..TO:STEP and FROM..TO*FACTOR; once more for each further axis' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l stacks -d 'train left, right or both (default) of every cell' -x -a 'left right both'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l resume -d 'keep the rows that -o FILE has, and do the rest; without a grid, that of the file'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l part -d 'do the I-th of N shares; auto: those of a Slurm job array' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l merge -d 'join the rows of the files that are named, training none'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l figure -d 'draw the map of all rows, as .svg, .png or .txt; .csv: the rows themselves; once more for each further file' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-preset -d 'settings of a family of models, and those of its training; none: the defaults' -x -a 'none transformer-2017 bert gpt2 gpt3 llama mistral gemma gemini palm deepseek vit olmo2 nanogpt qwen3'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left -d 'placement of the norms in the left stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right -d 'placement of the norms in the right stack' -x -a 'pre post none branch peri deepnorm admin lns mix rezero residual b2t'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-norm -d 'which normalization' -x -a 'layernorm rmsnorm none dyt'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-norm-eps -d 'added to the variance (layernorm) or mean square (rmsnorm, qk-norm) under the root' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-norm-bias -d 'norms that can have a bias (layernorm, dyt) have one'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-gain-offset -d 'the gain of a norm is 1 + w, as in Gemma'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-branch-zero -d 'norms behind a branch (branch, peri) start with gain 0, as in Swin v2'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-activation -d 'nonlinearity of the feed-forward sublayer' -x -a 'gelu relu swiglu geglu'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-positions -d 'how the places of the tokens are told apart' -x -a 'learned sinusoidal rotary none'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-attention -d 'which tokens a token sees; auto is what the task is made for' -x -a 'auto causal bidirectional'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-kv-heads -d 'heads of keys and values, a divisor of heads (grouped queries)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-kv-rank -d 'rank that keys and values are compressed to (MLA)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-kv-norm -d 'RMSNorm of what keys and values are compressed to (kv-rank)'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-window -d 'tokens that a token sees, itself included, on each side' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-window-every -d 'the window is on every n-th block; the others see all' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-full-every -d 'every n-th block sees all in spite of the window' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-qk-norm -d 'RMSNorm of the queries and keys of every head' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-qk-norm -d 'RMSNorm of the queries and keys of every head'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-qk-joint -d 'qk-norm is one norm over all heads, not one for each' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-qk-joint -d 'qk-norm is one norm over all heads, not one for each'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-bias -d 'linear layers have biases' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-bias -d 'linear layers have biases'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-tied -d 'the output projection is the token embedding' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-tied -d 'the output projection is the token embedding'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-embedding-scale -d 'token embeddings are multiplied by sqrt(D)' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-embedding-scale -d 'token embeddings are multiplied by sqrt(D)'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-parallel -d 'attention and feed-forward side by side, as one sublayer' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l no-parallel -d 'attention and feed-forward side by side, as one sublayer'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-experts -d 'feed-forward networks to choose from, beside the shared one' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-experts-used -d 'experts that a token passes through' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-dropout -d 'share of x_0, of attention weights and of branches that a training step drops' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l left-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l right-init -d 'distribution of the initial weights' -x -a 'xavier gpt2 xavier-normal deepnorm small unit nanogpt vit'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l layers -d 'depth of each stack (L)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l width -d 'width of the residual stream (D), a multiple of heads' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l heads -d 'attention heads of a block (H), at most width' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l ffn -d 'width inside the feed-forward sublayer (F)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l context -d 'length of a sequence (T)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l batch -d 'sequences in a step (B)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l task -d 'what is learned' -x -a 'grammar copy repeat text reverse sort modular masked shapes'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l text -d 'file that the text task learns' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l vocab -d 'tokens of the tasks of random sequences: copy, repeat, reverse, sort' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l modulus -d 'modulus of the sums of the modular task (p)' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l train-fraction -d 'part of the sums of the modular task that is trained on; the rest is held out' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l optimizer -d 'what turns a gradient into an update' -x -a 'adamw sgd momentum adam radam lion muon'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l lr -d 'learning rate after the warmup' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l warmup -d 'steps over which the learning rate rises to lr, in a straight line' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l schedule -d 'course of the learning rate after the warmup' -x -a 'constant linear cosine inverse-sqrt wsd'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l min-lr -d 'where a schedule that decays ends, at most lr; inverse-sqrt falls no lower' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l clip -d 'largest norm of the whole gradient; 0 does not clip' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l weight-decay -d 'decay of the weights, times the learning rate, per step' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l decay-on -d 'what decays: matrices, embeddings among them, or gains and biases as well' -x -a 'matrices all'
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l beta1 -d 'memory of the mean gradient: Adam s first moment, the velocity of momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l beta2 -d 'memory of the squared gradient, Adam s second moment; of Lion s momentum' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l eps -d 'added to the root of the squared gradient that Adam, AdamW and RAdam divide by' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l label-smoothing -d 'share of the target spread over all tokens; the loss shown stays that of the target' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l seed -d 'what the initial weights and the batches are drawn from' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l steps -d 'length of the run; 0 goes on until it is stopped' -x
complete -c lnscope -n '__fish_seen_subcommand_from lab' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n '__fish_seen_subcommand_from claims' -a 'xiong-top-post xiong-top-pre xiong-hidden amplification deepnorm-level pre-growth lns-variance branch-needs-qknorm peri-linear gradient-by-layer token-similarity same-params warmup-needed warmup-length warmup-sgd vanish-in-training depth-limit not-only-vanishing adam-levels norms-are-the-decay deepnorm-trains model-update pre-collapse lns-late-blocks rmsnorm-faster rezero-trains admin-trains b2t-trains radam-is-warmup pre-before-post peri-trained residual-neither mix-flatter qk-norm-rate dyt-equal post-better-shallow swap'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l format -d 'text (default) or jsonl' -x -a 'text jsonl'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l output -d 'keep what is measured in a file, a line of JSON for each claim, beside what is printed' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l force -d 'let -o replace a file that exists'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l quick -d 'only the claims that need no long training'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l seeds -d 'measure every claim for seeds 1 to N' -x
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l resume -d 'keep what -o FILE has, and measure the rest'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from claims' -l threads -d 'threads that compute (auto: one per core); the numbers do not depend on it' -x
complete -c lnscope -n '__fish_seen_subcommand_from hook' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from hook' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l force -d 'let --record replace a file that exists'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l record -d 'record the screen, as an asciicast that asciinema plays' -r -F
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l no-config -d 'take no settings from the config file or the environment'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l map -d 'take keys or columns like PATTERN, in which {l} stands for a layer and {tensor} for a tensor, as NAME:  grad/layer_{l}=stream_grad ; once more for each further one' -x
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l help -d 'print this help'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l version -d 'print the version'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l theme -d 'colours of the screen' -x -a 'default dark light mono'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520' -f -a 'auto on off'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l no-ascii -d 'draw with ASCII characters only; auto: without UTF-8, on consoles, VT100 to VT520'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l no-mouse -d 'clicks, drags and the wheel act; with Shift held the terminal has them for itself'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l hide -d 'hide header and footer, for a lesson; keys act all the same' -f -a 'off on'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l no-hide -d 'hide header and footer, for a lesson; keys act all the same'
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l history -d 'MB of memory for the past of a run, for states to branch from, and for earlier runs' -x
complete -c lnscope -n '__fish_seen_subcommand_from watch' -l fps -d 'how often the screen is drawn, at most' -x
