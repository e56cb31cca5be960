// An operator on controller-runtime and client-go, with their defaults: protobuf for built-in kinds, watch lists, leader election.
// It keeps a Deployment for each ConfigMap that is labelled app, and reports the available pods as an annotation of the ConfigMap.
// Against a real cluster it makes such a ConfigMap itself, and ends with an error when what should follow does not.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	namespace  = "go"
	available  = "example.com/available"
	finalizer  = "example.com/farewell"
	patience   = 90 * time.Second
	inOneWhile = 100 * time.Millisecond
)

type reconciler struct{ client.Client }

func (r reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var app corev1.ConfigMap
	if err := r.Get(ctx, request.NamespacedName, &app); err != nil || app.Labels["app"] == "" {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !app.DeletionTimestamp.IsZero() {
		controllerutil.RemoveFinalizer(&app, finalizer)
		return ctrl.Result{}, client.IgnoreNotFound(r.Update(ctx, &app))
	}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: app.Namespace, Name: app.Name}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		replicas, err := strconv.ParseInt(app.Data["replicas"], 10, 32)
		if err != nil {
			return err
		}
		wanted := int32(replicas)
		labels := map[string]string{"app": app.Name}
		deployment.Spec.Replicas = &wanted
		deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		deployment.Spec.Template.Labels = labels
		deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Image: "example.com/web:v1"}}
		return controllerutil.SetControllerReference(&app, deployment, r.Scheme())
	})
	if err != nil {
		return ctrl.Result{}, err
	}
	before := client.MergeFrom(app.DeepCopy())
	controllerutil.AddFinalizer(&app, finalizer)
	if app.Annotations == nil {
		app.Annotations = map[string]string{}
	}
	app.Annotations[available] = strconv.Itoa(int(deployment.Status.AvailableReplicas))
	return ctrl.Result{}, r.Patch(ctx, &app, before)
}

func eventually(ctx context.Context, what string, probe func(context.Context) (bool, error)) error {
	if err := wait.PollUntilContextTimeout(ctx, inOneWhile, patience, true, probe); err != nil {
		return fmt.Errorf("waited for %s: %w", what, err)
	}
	return nil
}

func conversation(ctx context.Context, k *kubernetes.Clientset) error {
	maps := k.CoreV1().ConfigMaps(namespace)
	shop := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: map[string]string{"app": "shop"}},
		Data:       map[string]string{"replicas": "2"},
	}
	if _, err := maps.Create(ctx, shop, metav1.CreateOptions{}); err != nil {
		return err
	}
	reports := func(count string) func(context.Context) (bool, error) {
		return func(ctx context.Context) (bool, error) {
			app, err := maps.Get(ctx, "shop", metav1.GetOptions{})
			return err == nil && app.Annotations[available] == count, err
		}
	}
	if err := eventually(ctx, "two available pods", reports("2")); err != nil {
		return err
	}
	app, err := maps.Get(ctx, "shop", metav1.GetOptions{})
	if err != nil {
		return err
	}
	app.Data["replicas"] = "1"
	if _, err := maps.Update(ctx, app, metav1.UpdateOptions{}); err != nil {
		return err
	}
	app.Data["replicas"] = "3"
	app.ResourceVersion = "1"
	if _, err := maps.Update(ctx, app, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("an update of an old version: %v", err)
	}
	if err := eventually(ctx, "one available pod", reports("1")); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "shop", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the end of the deployment", func(ctx context.Context) (bool, error) {
		_, err := k.AppsV1().Deployments(namespace).Get(ctx, "shop", metav1.GetOptions{})
		return apierrors.IsNotFound(err), nil
	})
}

func run() error {
	ctrl.SetLogger(zap.New())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	config := ctrl.GetConfigOrDie()
	k, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	home := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if _, err := k.CoreV1().Namespaces().Create(ctx, home, metav1.CreateOptions{}); err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		LeaderElection:          true,
		LeaderElectionID:        "shops.example.com",
		LeaderElectionNamespace: namespace,
		Metrics:                 server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).For(&corev1.ConfigMap{}).Owns(&appsv1.Deployment{}).Complete(reconciler{manager.GetClient()})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	if err := conversation(ctx, k); err != nil {
		return err
	}
	cancel()
	if err := <-ended; err != nil {
		return err
	}
	return k.CoreV1().Namespaces().Delete(context.Background(), namespace, metav1.DeleteOptions{})
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("done")
}
