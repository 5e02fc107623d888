"""The loss curve: dots, scales, traces and their layout are pure; `loss_chart` is the widget that shows them."""
