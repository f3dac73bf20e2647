module faultscope/workloads

go 1.19
